resource "aws_cloudwatch_log_group" "this" {
  name              = local.log_group
  retention_in_days = var.log_retention_days
}

resource "aws_ecs_task_definition" "this" {
  for_each = local.services

  family                   = each.key
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task[each.value.role].arn
  # A release goes back by an older definition: it has to be there.
  skip_destroy = true

  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }

  container_definitions = jsonencode(local.container_definitions[each.key])
}

resource "aws_ecs_service" "this" {
  for_each = local.services

  name            = each.key
  cluster         = data.aws_ecs_cluster.this.arn
  task_definition = aws_ecs_task_definition.this[each.key].arn
  desired_count   = local.desired_counts[each.key]
  propagate_tags  = "SERVICE"

  enable_ecs_managed_tags            = true
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  availability_zone_rebalancing      = "ENABLED"
  wait_for_steady_state              = local.released
  health_check_grace_period_seconds  = local.balanced && !each.value.is_worker ? 30 : null

  capacity_provider_strategy {
    capacity_provider = var.capacity_provider
    weight            = 1
  }

  # A release that does not come up goes back by itself.
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  deployment_configuration {
    strategy             = var.blue_green && !each.value.is_worker ? "BLUE_GREEN" : "ROLLING"
    bake_time_in_minutes = var.blue_green && !each.value.is_worker ? 5 : null
  }

  network_configuration {
    subnets          = data.aws_subnets.private.ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = false
  }

  dynamic "service_connect_configuration" {
    for_each = length(local.ports) > 0 && !each.value.is_worker ? [1] : []
    content {
      enabled   = true
      namespace = var.namespace
      dynamic "service" {
        for_each = local.ports
        content {
          port_name      = service.key
          discovery_name = service.key == "http" ? var.name : "${var.name}-${service.key}"
          client_alias {
            dns_name = var.name
            port     = service.key == "http" ? 80 : service.value
          }
        }
      }
    }
  }

  dynamic "load_balancer" {
    for_each = local.balanced && !each.value.is_worker ? [1] : []
    content {
      target_group_arn = aws_lb_target_group.this["blue"].arn
      container_name   = each.key
      container_port   = var.http_port
      dynamic "advanced_configuration" {
        for_each = var.blue_green ? [1] : []
        content {
          alternate_target_group_arn = aws_lb_target_group.this["green"].arn
          production_listener_rule   = aws_lb_listener_rule.this[0].arn
          role_arn                   = aws_iam_role.load_balancer[0].arn
        }
      }
    }
  }

  depends_on = [
    aws_iam_role_policy.execution,
    aws_iam_role_policy.send_jobs,
    aws_iam_role_policy.take_jobs,
    aws_iam_role_policy_attachment.execution,
    aws_iam_role_policy_attachment.load_balancer,
  ]
}
