variable "repositories" {
  description = "Names of the repositories."
  type        = set(string)
}

variable "key_arn" {
  description = "Key that images are encrypted with."
  type        = string
}

variable "kept_images" {
  description = "Newest images that each repository keeps."
  type        = number
  default     = 100
}

variable "force_delete" {
  description = "Whether a repository is deleted with the images in it."
  type        = bool
}
