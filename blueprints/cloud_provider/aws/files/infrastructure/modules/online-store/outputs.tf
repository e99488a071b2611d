output "table_arns" {
  description = "ARNs of the tables."
  value       = [for table in aws_dynamodb_table.view : table.arn]
}
