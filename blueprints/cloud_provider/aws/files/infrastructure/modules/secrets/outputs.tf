output "arns" {
  description = "ARNs of the secrets."
  value       = [for secret in aws_secretsmanager_secret.this : secret.arn]
}

output "names" {
  description = "Name of each secret in the store."
  value       = local.names
}
