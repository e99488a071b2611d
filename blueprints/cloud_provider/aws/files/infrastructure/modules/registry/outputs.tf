output "address" {
  description = "Host of the registry, the part of an image's name before the first slash."
  value       = split("/", values(aws_ecr_repository.this)[0].repository_url)[0]
}
