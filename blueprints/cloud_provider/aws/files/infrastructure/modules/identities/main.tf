# A role for each service account of contract.yaml, with exactly the rights that its access words say. A word that names
# nothing stops the plan, because nothing is looked up by pattern.
data "aws_iam_policy_document" "trust" {
  for_each = var.identities

  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-namespace"
      values   = [each.value.namespace]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-service-account"
      values   = [each.key]
    }
  }
}

locals {
  online_store = "online-store"
  secrets      = "secrets"

  words = {
    for name, identity in var.identities : name => [
      for word in identity.access : { target = split(":", word)[0], writes = split(":", word)[1] == "write" }
    ]
  }

  # By key, because a plan has to know what there will be before AWS has named it.
  read_buckets = {
    for name, words in local.words : name => distinct([
      for word in words : word.target if !contains([local.online_store, local.secrets], word.target)
    ])
  }
  written_buckets = {
    for name, words in local.words : name => distinct([
      for word in words : word.target if word.writes && !contains([local.online_store, local.secrets], word.target)
    ])
  }
  reads_online  = { for name, words in local.words : name => var.has_tables && contains(words[*].target, local.online_store) }
  writes_online = { for name, words in local.words : name => local.reads_online[name] && contains([for word in words : word.target if word.writes], local.online_store) }
  reads_secrets = { for name, words in local.words : name => contains(words[*].target, local.secrets) }

  # An identity without any right has a role all the same, so that its pods cannot fall back on another one.
  entitled = {
    for name, words in local.words : name => words
    if length(local.read_buckets[name]) > 0 || local.reads_online[name] || local.reads_secrets[name]
  }
}

data "aws_iam_policy_document" "access" {
  for_each = local.entitled

  dynamic "statement" {
    for_each = length(local.read_buckets[each.key]) > 0 ? ["buckets"] : []

    content {
      sid       = "SeeWhatIsThere"
      actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
      resources = [for key in local.read_buckets[each.key] : var.bucket_arns[key]]
    }
  }

  dynamic "statement" {
    for_each = length(local.read_buckets[each.key]) > 0 ? ["objects"] : []

    content {
      sid       = "ReadObjects"
      actions   = ["s3:GetObject"]
      resources = [for key in local.read_buckets[each.key] : "${var.bucket_arns[key]}/*"]
    }
  }

  dynamic "statement" {
    for_each = length(local.written_buckets[each.key]) > 0 ? ["objects"] : []

    content {
      sid = "WriteObjects"
      # Deleting leaves a version that can be brought back; deleting versions is nobody's right.
      actions = [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
      ]
      resources = [for key in local.written_buckets[each.key] : "${var.bucket_arns[key]}/*"]
    }
  }

  dynamic "statement" {
    for_each = length(local.read_buckets[each.key]) > 0 || local.reads_online[each.key] ? ["key"] : []

    content {
      sid       = "UseTheKeyOfTheData"
      actions   = length(local.written_buckets[each.key]) > 0 || local.writes_online[each.key] ? ["kms:Decrypt", "kms:GenerateDataKey"] : ["kms:Decrypt"]
      resources = [var.data_key_arn]
    }
  }

  dynamic "statement" {
    for_each = local.reads_online[each.key] ? ["tables"] : []

    content {
      sid       = "ReadFeaturesOnline"
      actions   = ["dynamodb:BatchGetItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query"]
      resources = var.table_arns
    }
  }

  dynamic "statement" {
    for_each = local.writes_online[each.key] ? ["tables"] : []

    content {
      sid       = "PublishFeaturesOnline"
      actions   = ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = var.table_arns
    }
  }

  dynamic "statement" {
    for_each = local.reads_secrets[each.key] ? ["secrets"] : []

    content {
      sid       = "ReadSecrets"
      actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
      resources = var.secret_arns
    }
  }

  dynamic "statement" {
    for_each = local.reads_secrets[each.key] ? ["key"] : []

    content {
      sid       = "UseTheKeyOfTheSecrets"
      actions   = ["kms:Decrypt"]
      resources = [var.secrets_key_arn]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = var.identities

  name                 = "${var.cluster_name}-${each.key}"
  path                 = "/platform/"
  description          = "Service account ${each.key} of the namespace ${each.value.namespace}"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "this" {
  for_each = local.entitled

  name   = "access"
  role   = aws_iam_role.this[each.key].id
  policy = data.aws_iam_policy_document.access[each.key].json
}

resource "aws_eks_pod_identity_association" "this" {
  for_each = var.identities

  cluster_name    = var.cluster_name
  namespace       = each.value.namespace
  service_account = each.key
  role_arn        = aws_iam_role.this[each.key].arn
}
