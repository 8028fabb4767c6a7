terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0, < 7.0"
    }
  }

  # Bucket, key and region are given on init: -backend-config=environments/<name>.s3.tfbackend
  backend "s3" {
    use_lockfile = true
    encrypt      = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      System      = var.system
      Component   = var.name
      Owner       = var.owner
      Environment = var.environment
      ManagedBy   = "opentofu"
    }
  }
}

# CloudFront takes certificates from here only.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}
