# Where changes run first. What differs between environments stands in terraform.tfvars.
module "platform" {
  source = "../../modules/platform"

  project                = var.project
  environment            = var.environment
  contract               = var.contract
  retention_days         = var.retention_days
  log_retention_days     = var.log_retention_days
  protected              = var.protected
  network                = var.network
  cluster                = var.cluster
  cluster_access_cidrs   = var.cluster_access_cidrs
  cluster_administrators = var.cluster_administrators
  databases              = var.databases
  online_views           = var.online_views
  monthly_budget         = var.monthly_budget
  budget_currency        = var.budget_currency
  budget_exchange_rate   = var.budget_exchange_rate
  budget_recipients      = var.budget_recipients
  activate_cost_tags     = var.activate_cost_tags
}
