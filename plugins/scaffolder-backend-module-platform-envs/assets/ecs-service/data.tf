# What the platform provides, found by the tags that its own Terraform sets.

data "aws_ecs_cluster" "this" {
  cluster_name = var.cluster
}

data "aws_vpc" "this" {
  tags = {
    Name = "${var.system}-${var.environment_name}"
  }
}

data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.this.id]
  }
  tags = {
    Tier = "private"
  }
}

data "aws_lb" "this" {
  count = local.balanced ? 1 : 0
  tags = {
    System      = var.system
    Environment = var.environment_name
    Exposure    = var.exposure
  }
}

data "aws_lb_listener" "https" {
  count             = local.balanced ? 1 : 0
  load_balancer_arn = data.aws_lb.this[0].arn
  port              = 443
}

data "aws_route53_zone" "this" {
  count        = local.has_record ? 1 : 0
  name         = var.domain
  private_zone = var.exposure == "internal"
}

data "aws_secretsmanager_secret" "this" {
  count = length(var.secrets) > 0 ? 1 : 0
  name  = "${var.system}/${var.environment_name}/${var.name}"
}

# What an autoscaler chose must outlive a release, so the services are looked
# up before they are written.
data "aws_resourcegroupstaggingapi_resources" "services" {
  count                 = local.autoscaled ? 1 : 0
  resource_type_filters = ["ecs:service"]
  tag_filter {
    key    = "Component"
    values = [var.name]
  }
  tag_filter {
    key    = "Environment"
    values = [var.environment_name]
  }
}

locals {
  secret_arn = one(data.aws_secretsmanager_secret.this[*].arn)

  found = flatten(data.aws_resourcegroupstaggingapi_resources.services[*].resource_tag_mapping_list)
  running = toset([
    for name in keys(local.services) : name if anytrue([
      for resource in local.found :
      endswith(resource.resource_arn, "service/${var.cluster}/${name}")
    ])
  ])
  running_counts = { for name, service in data.aws_ecs_service.running : name => service.desired_count }
}

data "aws_ecs_service" "running" {
  for_each     = local.running
  cluster_arn  = data.aws_ecs_cluster.this.arn
  service_name = each.key
}
