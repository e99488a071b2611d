variable "name" {
  description = "Prefix of instances, groups and roles."
  type        = string
}

variable "databases" {
  description = "Databases by name, which is also the name inside PostgreSQL."
  type        = map(object({ instance_class = string, storage_gib = number }))

  validation {
    condition     = alltrue([for name, database in var.databases : can(regex("^[a-z][a-z0-9]{0,20}$", name)) && database.storage_gib >= 20])
    error_message = "Expected names of lower case letters and digits, and 20 GiB or more."
  }
}

variable "postgres_version" {
  description = "Major version; RDS takes its newest minor version."
  type        = string
  default     = "16"
}

variable "vpc_id" {
  description = "Network of the instances."
  type        = string
}

variable "subnet_ids" {
  description = "Private networks of at least two zones."
  type        = list(string)
}

variable "client_security_group_id" {
  description = "Security group of those who may connect."
  type        = string
}

variable "multi_az" {
  description = "Whether a second instance in another zone takes over when the first one fails."
  type        = bool
}

variable "backup_days" {
  description = "Days to which the database can be brought back, second by second."
  type        = number

  validation {
    condition     = var.backup_days >= 7 && var.backup_days <= 35
    error_message = "Expected 7 to 35 days."
  }
}

variable "deletion_protection" {
  description = "Whether instances refuse to be deleted."
  type        = bool
}

variable "key_arn" {
  description = "Key that disks and backups are encrypted with."
  type        = string
}

variable "secrets_key_arn" {
  description = "Key that the managed password is encrypted with."
  type        = string
}

variable "log_key_arn" {
  description = "Key that log groups are encrypted with."
  type        = string
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
}
