variable "project" {
  description = "Name of the project as the feature store writes it."
  type        = string
}

variable "environment" {
  description = "Name of the environment."
  type        = string
}

variable "views" {
  description = "Feature views that are read online, without the project's name before them."
  type        = set(string)
}

variable "key_arn" {
  description = "Key that the tables are encrypted with."
  type        = string
}

variable "deletion_protection" {
  description = "Whether tables refuse to be deleted."
  type        = bool
}
