# One environment: everything that the modules beside this one make, put together. Environments differ in variables only.
data "aws_caller_identity" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  name       = "${var.project}-${var.environment}"
  suffix     = "-${var.environment}-${local.account_id}"

  # Made by infrastructure/bootstrap.
  permissions_boundary = "arn:aws:iam::${local.account_id}:policy/bootstrap/${local.name}-workloads"
}

module "data_key" {
  source = "../key"

  name        = "${local.name}-data"
  description = "Data, models, images and databases of ${local.name}"
}

module "secrets_key" {
  source = "../key"

  name        = "${local.name}-secrets"
  description = "Secrets of ${local.name}"
}

module "cluster_key" {
  source = "../key"

  name        = "${local.name}-cluster"
  description = "Kubernetes secrets and log groups of ${local.name}"
  log_groups  = true
}

module "network" {
  source = "../network"

  name                 = local.name
  cidr                 = var.network.cidr
  gateway_per_zone     = var.network.gateway_per_zone
  interface_endpoints  = var.network.interface_endpoints
  log_key_arn          = module.cluster_key.arn
  log_retention_days   = var.log_retention_days
  permissions_boundary = local.permissions_boundary
}

module "storage" {
  source = "../storage"

  project            = var.project
  buckets            = var.contract.buckets
  suffix             = local.suffix
  key_arn            = module.data_key.arn
  retention_days     = var.retention_days
  log_retention_days = var.log_retention_days
}

module "online_store" {
  source = "../online-store"

  project             = replace(var.project, "/[^a-z0-9]+/", "_")
  environment         = var.environment
  views               = var.online_views
  key_arn             = module.data_key.arn
  deletion_protection = var.protected
}

module "registry" {
  source = "../registry"

  repositories = toset([for image in var.contract.images : image.repository])
  key_arn      = module.data_key.arn
  force_delete = !var.protected
}

module "cluster" {
  source = "../cluster"

  name                 = local.name
  kubernetes_version   = var.cluster.kubernetes_version
  subnet_ids           = module.network.private_subnet_ids
  access_cidrs         = var.cluster_access_cidrs
  administrators       = var.cluster_administrators
  pools                = var.cluster.pools
  mounted_bucket_arns  = [for key in var.cluster.mounted_buckets : module.storage.bucket_arns[key]]
  data_key_arn         = module.data_key.arn
  key_arn              = module.cluster_key.arn
  log_retention_days   = var.log_retention_days
  permissions_boundary = local.permissions_boundary
}

module "database" {
  source = "../database"

  name                     = local.name
  databases                = var.databases
  vpc_id                   = module.network.vpc_id
  subnet_ids               = values(module.network.private_subnet_ids)
  client_security_group_id = module.cluster.security_group_id
  multi_az                 = var.protected
  backup_days              = var.protected ? 35 : 7
  deletion_protection      = var.protected
  key_arn                  = module.data_key.arn
  secrets_key_arn          = module.secrets_key.arn
  log_key_arn              = module.cluster_key.arn
  log_retention_days       = var.log_retention_days
}

module "secrets" {
  source = "../secrets"

  project       = var.project
  environment   = var.environment
  secrets       = var.contract.secrets
  key_arn       = module.secrets_key.arn
  recovery_days = var.protected ? 30 : 7
}

module "identities" {
  source = "../identities"

  cluster_name         = module.cluster.name
  identities           = var.contract.identities
  bucket_arns          = module.storage.bucket_arns
  has_tables           = length(var.online_views) > 0
  table_arns           = module.online_store.table_arns
  secret_arns          = concat(module.secrets.arns, module.database.secret_arns)
  data_key_arn         = module.data_key.arn
  secrets_key_arn      = module.secrets_key.arn
  permissions_boundary = local.permissions_boundary
}

module "budget" {
  source = "../budget"

  name               = local.name
  monthly_budget     = floor(var.monthly_budget * (var.budget_currency == "USD" ? 1 : var.budget_exchange_rate))
  recipients         = var.budget_recipients
  activate_cost_tags = var.activate_cost_tags
}
