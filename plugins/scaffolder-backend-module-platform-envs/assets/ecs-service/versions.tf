# One root for all environments: the state and the values are theirs.
#
#   terraform init -reconfigure -backend-config=<bucket, region, locking> \
#     -backend-config="key=<environment>/services/<name>.tfstate"
#   terraform apply -var-file=../../<environment>/<name>.tfvars.json
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source = "hashicorp/aws"
      # advanced_configuration of load balancers came with 6.4.
      version = ">= 6.4, < 7.0"
    }
  }
  backend "s3" {}
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]
  default_tags {
    tags = {
      System      = var.system
      Component   = var.name
      Environment = var.environment_name
      ManagedBy   = "terraform"
    }
  }
}
