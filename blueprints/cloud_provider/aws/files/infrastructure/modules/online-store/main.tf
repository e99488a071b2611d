# Tables that servers read features from. They exist before the feature store asks for them, so that no workload may make tables.
resource "aws_dynamodb_table" "view" {
  for_each = var.views

  name                        = "${var.environment}.${var.project}.${var.project}_${each.value}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "entity_id"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "entity_id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.key_arn
  }
}
