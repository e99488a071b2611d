output "address" {
  description = "Host of the registry, the part of an image's name before the first slash."
  value       = one(distinct([for repository in aws_ecr_repository.this : split("/", repository.repository_url)[0]]))
}
