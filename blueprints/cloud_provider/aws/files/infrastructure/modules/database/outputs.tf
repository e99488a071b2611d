output "databases" {
  description = "Where each database is reached, and the secret that holds user name and password."
  value = {
    for key, instance in aws_db_instance.this : key => {
      host       = instance.address
      port       = instance.port
      name       = instance.db_name
      user       = instance.username
      secret_arn = one(instance.master_user_secret[*].secret_arn)
    }
  }
}

output "secret_arns" {
  description = "ARNs of the managed passwords."
  value       = [for instance in aws_db_instance.this : one(instance.master_user_secret[*].secret_arn)]
}
