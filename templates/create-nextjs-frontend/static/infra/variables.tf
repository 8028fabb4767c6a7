variable "name" {
  description = "Name of the component"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 lower-case letters, digits and hyphens."
  }
}

variable "system" {
  description = "Platform it belongs to"
  type        = string
}

variable "owner" {
  description = "Entity ref of the owning group"
  type        = string
}

variable "environment" {
  description = "Short name of the environment"
  type        = string
}

variable "region" {
  description = "Region of the bucket"
  type        = string
}

variable "account_id" {
  description = "Account of the environment; part of the name of the bucket, which is unique in the world"
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must have 12 digits."
  }
}

variable "hostname" {
  description = "Where people find it; empty: only at the distribution's own name"
  type        = string
  default     = ""
}

variable "zone_name" {
  description = "Route 53 zone of the hostname; needed with it"
  type        = string
  default     = ""

  validation {
    condition     = var.hostname == "" || endswith(var.hostname, ".${var.zone_name}")
    error_message = "hostname must lie in the zone zone_name."
  }
}

variable "price_class" {
  description = "Where the distribution answers from"
  type        = string
  default     = "PriceClass_All"

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class must be PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}
