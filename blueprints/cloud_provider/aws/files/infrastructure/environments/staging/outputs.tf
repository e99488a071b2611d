output "region" {
  description = "Region of this environment."
  value       = var.region
}

output "cluster_name" {
  description = "Name of the cluster."
  value       = module.platform.cluster_name
}

output "instance_types" {
  description = "Types of the nodes of each pool."
  value       = module.platform.instance_types
}

output "registry" {
  description = "Host of the image registry."
  value       = module.platform.registry
}

output "suffix" {
  description = "End of each bucket's name, the setting storage.suffix of the pipeline."
  value       = module.platform.suffix
}

output "buckets" {
  description = "Name of each layer's bucket."
  value       = module.platform.buckets
}

output "databases" {
  description = "Host, port, name, user and secret of each database."
  value       = module.platform.databases
}

output "secrets" {
  description = "Name of each secret in the store."
  value       = module.platform.secrets
}

output "role_arns" {
  description = "Role of each service account."
  value       = module.platform.role_arns
}

output "monthly_budget" {
  description = "US dollars a month that the alarm of the whole bill is about."
  value       = module.platform.monthly_budget
}
