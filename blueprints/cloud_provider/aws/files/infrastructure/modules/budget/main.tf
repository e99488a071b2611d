# What the account may cost in a month, and who hears of it: the account holds one environment and nothing else.
resource "aws_budgets_budget" "month" {
  name         = var.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.monthly_budget)
  limit_unit   = var.currency

  dynamic "notification" {
    for_each = var.thresholds

    content {
      comparison_operator        = "GREATER_THAN"
      notification_type          = notification.value.type
      threshold                  = notification.value.percent
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = var.recipients
    }
  }
}

# AWS offers a tag for activation only a day after it was first used, and in the account that pays.
resource "aws_ce_cost_allocation_tag" "this" {
  for_each = var.activate_cost_tags ? toset(["environment", "layer", "pool", "project"]) : toset([])

  tag_key = each.key
  status  = "Active"
}
