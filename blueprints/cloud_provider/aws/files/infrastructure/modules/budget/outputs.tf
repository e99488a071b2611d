output "monthly_budget" {
  description = "Limit of the budget, in the currency of the account."
  value       = var.monthly_budget
}
