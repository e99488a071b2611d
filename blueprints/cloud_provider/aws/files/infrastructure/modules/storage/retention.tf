# When objects end, and what they cost until then. The pipeline deletes by the date of the data (retention in conf/); these rules
# erase what it deleted, and end by age only what no index of the pipeline points to.
locals {
  # Read once or seldom: the class follows the use, at no charge for reading. Layers that every stage reads stay in Standard.
  tiered = toset(["landing", "models", "results"])

  expiring = {
    landing = { prefix = "", days = var.retention_days }
    logs    = { prefix = "", days = var.log_retention_days }
    results = { prefix = "work/", days = min(var.retention_days, var.work_retention_days) }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "layer" {
  for_each = aws_s3_bucket.layer

  bucket = each.value.id

  rule {
    id     = "erase-what-was-deleted"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.undo_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  rule {
    id     = "drop-empty-markers"
    status = "Enabled"

    filter {}

    expiration {
      expired_object_delete_marker = true
    }
  }

  dynamic "rule" {
    for_each = contains(keys(local.expiring), each.key) ? [local.expiring[each.key]] : []

    content {
      id     = "end-by-age"
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      expiration {
        days = rule.value.days
      }
    }
  }

  dynamic "rule" {
    for_each = contains(local.tiered, each.key) ? ["tiered"] : []

    content {
      id     = "let-the-class-follow-the-use"
      status = "Enabled"

      filter {}

      transition {
        days          = 0
        storage_class = "INTELLIGENT_TIERING"
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.layer]
}
