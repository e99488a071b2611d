output "bucket_arns" {
  description = "ARN of each layer's bucket."
  value       = { for key, bucket in aws_s3_bucket.layer : key => bucket.arn }
}

output "bucket_names" {
  description = "Name of each layer's bucket."
  value       = { for key, bucket in aws_s3_bucket.layer : key => bucket.bucket }
}
