output "name" {
  description = "Name of the cluster."
  value       = aws_eks_cluster.this.name
}

output "security_group_id" {
  description = "Security group that nodes and pods share."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

output "instance_types" {
  description = "Types of the nodes of each pool."
  value       = local.instance_types
}
