output "backend_config" {
  description = "Settings of the backend of infrastructure/environments; each is passed by -backend-config=<key>=<value>."
  value = {
    bucket     = aws_s3_bucket.state.bucket
    region     = var.region
    kms_key_id = module.state_key.arn
  }
}

output "plan_role_arn" {
  description = "Role of workflows that show a plan on a pull request."
  value       = aws_iam_role.github["plan"].arn
}

output "apply_role_arn" {
  description = "Role of workflows that apply."
  value       = aws_iam_role.github["apply"].arn
}

output "push_role_arn" {
  description = "Role of workflows that push images."
  value       = aws_iam_role.github["push"].arn
}
