# What add-ons may do in the account: volumes, reading the buckets that are mounted, and the size of the node groups.
data "aws_iam_policy_document" "addon_trust" {
  for_each = local.addon_service_accounts

  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-namespace"
      values   = ["kube-system"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-service-account"
      values   = [each.value]
    }
  }
}

locals {
  addon_service_accounts = merge(
    {
      autoscaler = "cluster-autoscaler"
      volumes    = "ebs-csi-controller-sa"
    },
    length(var.mounted_bucket_arns) > 0 ? { buckets = "s3-csi-driver-sa" } : {},
  )
}

resource "aws_iam_role" "addon" {
  for_each = local.addon_service_accounts

  name               = "${var.name}-${each.key}"
  path               = "/platform/"
  assume_role_policy = data.aws_iam_policy_document.addon_trust[each.key].json
  # The volumes' rights are a policy of AWS, which the boundary does not know.
  permissions_boundary = each.key == "volumes" ? null : var.permissions_boundary
}

resource "aws_eks_pod_identity_association" "addon" {
  for_each = local.addon_service_accounts

  cluster_name    = aws_eks_cluster.this.name
  namespace       = "kube-system"
  service_account = each.value
  role_arn        = aws_iam_role.addon[each.key].arn
}

resource "aws_iam_role_policy_attachment" "volumes" {
  role       = aws_iam_role.addon["volumes"].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"
}

data "aws_iam_policy_document" "buckets" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = var.mounted_bucket_arns
  }

  statement {
    actions   = ["s3:GetObject"]
    resources = [for arn in var.mounted_bucket_arns : "${arn}/*"]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [var.data_key_arn]
  }
}

resource "aws_iam_role_policy" "buckets" {
  count = length(var.mounted_bucket_arns) > 0 ? 1 : 0

  name   = "read-mounted-buckets"
  role   = aws_iam_role.addon["buckets"].id
  policy = data.aws_iam_policy_document.buckets.json
}

data "aws_iam_policy_document" "autoscaler" {
  # AWS knows no resources for these: they list, and change nothing.
  statement {
    sid = "SeeGroupsAndInstanceTypes"
    actions = [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeAutoScalingInstances",
      "autoscaling:DescribeLaunchConfigurations",
      "autoscaling:DescribeScalingActivities",
      "autoscaling:DescribeTags",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:GetInstanceTypesFromInstanceRequirements",
    ]
    resources = ["*"]
  }

  # Labels and taints of a group that has no node yet.
  statement {
    sid       = "SeeNodeGroups"
    actions   = ["eks:DescribeNodegroup"]
    resources = [for group in aws_eks_node_group.pool : group.arn]
  }

  statement {
    sid = "ChangeTheSizeOfOurGroups"
    actions = [
      "autoscaling:SetDesiredCapacity",
      "autoscaling:TerminateInstanceInAutoScalingGroup",
    ]
    resources = [
      for name in flatten([for group in aws_eks_node_group.pool : group.resources[*].autoscaling_groups[*].name]) :
      "arn:aws:autoscaling:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:autoScalingGroup:*:autoScalingGroupName/${name}"
    ]
  }
}

resource "aws_iam_role_policy" "autoscaler" {
  name   = "size-node-groups"
  role   = aws_iam_role.addon["autoscaler"].id
  policy = data.aws_iam_policy_document.autoscaler.json
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}
