# What the component is: component.auto.tfvars.json.

variable "name" {
  type = string
}

variable "system" {
  type = string
}

variable "kind" {
  type        = string
  description = "service, web or worker"
}

variable "http_port" {
  type        = number
  description = "Absent: it does not answer http."
  default     = null
}

variable "grpc_port" {
  type    = number
  default = null
}

variable "exposure" {
  type        = string
  description = "none, internal or public"
}

variable "command" {
  type        = list(string)
  description = "Arguments after the image's entrypoint; empty: the image's own."
}

variable "health_command" {
  type        = list(string)
  description = "Ends with 0 in the container while it is well; empty: only the load balancer looks."
}

variable "workers" {
  type = list(object({
    name    = string
    command = list(string)
  }))
  description = "Services beside it from the same image."
}

variable "environment_variables" {
  type        = map(string)
  description = "What the containers find in their environment, beside what the platform puts there."
}

variable "queue" {
  type = object({
    visibility_timeout_seconds = number
    max_attempts               = number
    retention_days             = number
    dead_letter_retention_days = number
  })
  description = "Absent: it has no queue."
  default     = null
}

variable "secrets" {
  type        = list(string)
  description = "Keys of the secret <system>/<environment>/<name> in Secrets Manager."
}

variable "egress_ports" {
  type        = list(number)
  description = "TCP ports in the private network that it calls."
}

# What runs: the first four lines of <environment>/<name>.tfvars.json.

variable "image_repository" {
  type = string
}

variable "image_tag" {
  type        = string
  description = "\"unreleased\" until the first release arrives."
}

variable "image_digest" {
  type        = string
  description = "sha256:..., empty until the first release arrives."
}

variable "desired_count" {
  type        = number
  description = "Tasks that always run."
}

# Where it runs: the rest of <environment>/<name>.tfvars.json.

variable "max_count" {
  type        = number
  description = "An autoscaler adds tasks up to this; absent: there is none."
  default     = null
}

variable "cpu" {
  type        = number
  description = "CPU units of a task, 1024 to a vCPU."
}

variable "memory" {
  type        = number
  description = "MiB of a task."
}

variable "environment_name" {
  type = string
}

variable "log_level" {
  type = string
}

variable "account_id" {
  type = string
}

variable "region" {
  type = string
}

variable "cluster" {
  type = string
}

variable "namespace" {
  type        = string
  description = "Cloud Map namespace of Service Connect."
}

variable "capacity_provider" {
  type        = string
  description = "FARGATE or FARGATE_SPOT"
}

variable "log_retention_days" {
  type = number
}

variable "blue_green" {
  type = bool
}

variable "domain" {
  type        = string
  description = "Hosted zone; empty where nothing is exposed."
}

variable "routing" {
  type        = string
  description = "none, simple, latency or latency-health-checked"
}
