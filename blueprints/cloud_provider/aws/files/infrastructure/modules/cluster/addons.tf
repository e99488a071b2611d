# Add-ons that EKS installs and keeps at the version that it recommends for this version of Kubernetes.
locals {
  # Nodes do not become ready without these.
  network_addons = {
    eks-pod-identity-agent = {}
    kube-proxy             = {}
    vpc-cni                = { enableNetworkPolicy = "true" }
  }

  addons = merge(
    {
      aws-ebs-csi-driver = {}
      coredns            = {}
      metrics-server     = {}
    },
    length(var.mounted_bucket_arns) > 0 ? { aws-mountpoint-s3-csi-driver = {} } : {},
  )
}

data "aws_eks_addon_version" "recommended" {
  for_each = merge(local.network_addons, local.addons)

  addon_name         = each.key
  kubernetes_version = aws_eks_cluster.this.version
}

resource "aws_eks_addon" "network" {
  for_each = local.network_addons

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = data.aws_eks_addon_version.recommended[each.key].version
  configuration_values        = length(each.value) > 0 ? jsonencode(each.value) : null
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
}

resource "aws_eks_addon" "this" {
  for_each = local.addons

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = data.aws_eks_addon_version.recommended[each.key].version
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  # They are pods, and so need nodes; their rights come from the associations.
  depends_on = [
    aws_eks_node_group.pool,
    aws_eks_pod_identity_association.addon,
  ]
}
