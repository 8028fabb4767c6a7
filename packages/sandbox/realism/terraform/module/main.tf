terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

# Where to, and as whom, comes from the environment.
provider "aws" {}

variable "keep" {
  description = "How many images to keep"
  type        = number
  default     = 30
}

data "aws_caller_identity" "this" {}

resource "aws_ecr_repository" "this" {
  name                 = "realism/terraform"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  tags = {
    System = "sample-platform-ai"
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = var.keep }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_ecr_repository_policy" "this" {
  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Pull"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:root" }
      Action    = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    }]
  })
}

resource "aws_cloudformation_stack" "this" {
  name = "realism-terraform"

  template_body = jsonencode({
    Resources = {
      Logs = { Type = "AWS::Logs::LogGroup", Properties = { LogGroupName = "/realism/terraform" } }
    }
    Outputs = { Logs = { Value = { Ref = "Logs" } } }
  })
}

resource "aws_secretsmanager_secret" "this" {
  name                    = "realism/terraform"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id     = aws_secretsmanager_secret.this.id
  secret_string = "one"
}

resource "aws_scheduler_schedule_group" "this" {
  name = "realism"
}

resource "aws_scheduler_schedule" "this" {
  name                = "stop"
  group_name          = aws_scheduler_schedule_group.this.name
  schedule_expression = "cron(0 20 ? * MON-FRI *)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:rds:stopDBCluster"
    role_arn = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:role/scheduler"
    input    = jsonencode({ DbClusterIdentifier = "sample-platform-ai-dev" })
  }
}

resource "aws_ecs_cluster" "this" {
  name = "realism"
}
