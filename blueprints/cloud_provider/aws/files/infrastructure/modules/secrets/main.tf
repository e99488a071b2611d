# The places that secrets are kept in. Values are put there by people or by scripts, so that none stands in a file or in the state.
locals {
  names = { for key, _ in var.secrets : key => "${var.project}/${var.environment}/${replace(key, "_", "-")}" }
}

resource "aws_secretsmanager_secret" "this" {
  for_each = var.secrets

  name                    = local.names[each.key]
  description             = each.value.description
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.recovery_days
}
