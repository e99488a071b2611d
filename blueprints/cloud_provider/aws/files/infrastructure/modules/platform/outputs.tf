output "cluster_name" {
  description = "Name of the cluster."
  value       = module.cluster.name
}

output "instance_types" {
  description = "Types of the nodes of each pool."
  value       = module.cluster.instance_types
}

output "registry" {
  description = "Host of the image registry."
  value       = module.registry.address
}

output "suffix" {
  description = "End of each bucket's name, the setting storage.suffix of the pipeline."
  value       = local.suffix
}

output "buckets" {
  description = "Name of each layer's bucket."
  value       = module.storage.bucket_names
}

output "databases" {
  description = "Host, port, name, user and secret of each database."
  value       = module.database.databases
}

output "secrets" {
  description = "Name of each secret in the store."
  value       = module.secrets.names
}

output "role_arns" {
  description = "Role of each service account."
  value       = module.identities.role_arns
}

output "monthly_budget" {
  description = "US dollars a month that the alarm of the whole bill is about."
  value       = module.budget.monthly_budget
}
