# GitHub Actions takes these roles for minutes, by a token that names repository and environment; nobody holds a key.
locals {
  issuer = "token.actions.githubusercontent.com"

  # Who may take which role: plans for pull requests, everything else only from the protected environment of the same name.
  subjects = {
    apply = "repo:${var.github_repository}:environment:${var.environment}"
    plan  = "repo:${var.github_repository}:pull_request"
    push  = "repo:${var.github_repository}:environment:${var.environment}"
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]

  # AWS checks this issuer against its own list of authorities; provider 5.58, the oldest that is allowed, wants a value all the same.
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

data "aws_iam_policy_document" "trust" {
  for_each = local.subjects

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = [each.value]
    }
  }
}

resource "aws_iam_role" "github" {
  for_each = local.subjects

  name                 = "${local.name}-${each.key}"
  path                 = "/bootstrap/"
  description          = "GitHub Actions of ${var.github_repository}: ${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = 3600
}
