import { SeedPlatform } from '../platforms';
import { Files } from './gitopsFiles';

const bootstrap = (platform: SeedPlatform, region: string): Files => ({
  'infra/bootstrap/main.tf': `# State bucket and lock table; applied once, by hand.
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region              = "${region}"
  allowed_account_ids = ["${platform.sharedAccountId}"]
}

resource "aws_s3_bucket" "state" {
  bucket = "${platform.system}-tofu-state"
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_dynamodb_table" "lock" {
  name         = "${platform.system}-tofu-lock"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "LockID"
  attribute {
    name = "LockID"
    type = "S"
  }
}
`,
});

const moduleBodies: Record<string, string> = {
  vpc: `resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}
`,
  eks: `resource "aws_eks_cluster" "this" {
  name     = var.name
  role_arn = var.role_arn
  version  = var.kubernetes_version
  vpc_config {
    subnet_ids              = var.subnet_ids
    endpoint_private_access = true
    endpoint_public_access  = false
  }
}
`,
  ecs: `resource "aws_ecs_cluster" "this" {
  name = var.name
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}
`,
  aurora: `resource "aws_rds_cluster" "this" {
  cluster_identifier          = var.name
  engine                      = "aurora-postgresql"
  engine_version              = var.engine_version
  manage_master_user_password = true
  storage_encrypted           = true
}
`,
  postgres: `resource "aws_db_instance" "this" {
  identifier                  = var.name
  engine                      = "postgres"
  engine_version              = var.engine_version
  instance_class              = var.instance_class
  allocated_storage           = 100
  manage_master_user_password = true
  storage_encrypted           = true
}
`,
  vpn: `resource "aws_ec2_client_vpn_endpoint" "this" {
  description            = var.name
  server_certificate_arn = var.certificate_arn
  client_cidr_block      = var.cidr
  authentication_options {
    type              = "federated-authentication"
    saml_provider_arn = var.saml_provider_arn
  }
  connection_log_options {
    enabled = false
  }
}
`,
};

/** A module: its one resource and a declaration of every variable it names. */
export function moduleFiles(name: keyof typeof moduleBodies & string): Files {
  const body = moduleBodies[name];
  const variables = [...new Set(body.match(/var\.\w+/g))].map(variable =>
    variable.slice('var.'.length),
  );
  return {
    [`infra/modules/${name}/main.tf`]: body,
    [`infra/modules/${name}/variables.tf`]: variables
      .map(
        variable =>
          `variable "${variable}" {\n  type = ${
            variable === 'subnet_ids' ? 'list(string)' : 'string'
          }\n}\n`,
      )
      .join('\n'),
  };
}

/** Modules that a platform's runtime and databases need. */
export function platformModules(platform: SeedPlatform): string[] {
  const runtimes = platform.environments.map(e => e.runtime);
  const engines = platform.environments.map(e => e.database?.engine);
  return [
    'vpc',
    ...(runtimes.includes('eks') ? ['eks'] : []),
    ...(runtimes.includes('ecs') ? ['ecs'] : []),
    ...(engines.includes('aurora-postgresql') ? ['aurora'] : []),
    ...(engines.includes('postgres') ? ['postgres'] : []),
    'vpn',
  ];
}

/** `infra/bootstrap`. */
export function bootstrapFiles(platform: SeedPlatform): Files {
  const region = platform.environments.flatMap(e => e.regions)[0];
  return bootstrap(platform, region);
}

/** `infra/environments/<name>` for every environment with an account. */
export function environmentFiles(platform: SeedPlatform): Files {
  const files: Files = {};
  for (const [index, environment] of platform.environments.entries()) {
    if (environment.accountId) {
      const folder = `infra/environments/${environment.shortName}`;
      files[`${folder}/main.tf`] = `provider "aws" {
  region              = "${environment.regions[0]}"
  allowed_account_ids = ["${environment.accountId}"]
  default_tags {
    tags = {
      System      = "${platform.system}"
      Environment = "${environment.shortName}"
    }
  }
}

module "vpc" {
  source = "../../modules/vpc"
  name   = "${platform.system}-${environment.shortName}"
  cidr   = "10.${20 + index}.0.0/16"
}
`;
      files[`${folder}/backend.tf`] = `terraform {
  backend "s3" {
    bucket         = "${platform.system}-tofu-state"
    key            = "${environment.shortName}/terraform.tfstate"
    region         = "${environment.regions[0]}"
    dynamodb_table = "${platform.system}-tofu-lock"
    encrypt        = true
  }
}
`;
    }
  }
  return files;
}
