resource "aws_security_group" "this" {
  name_prefix = "${var.name}-"
  description = "Who may call ${var.name}, and what it may call"
  vpc_id      = data.aws_vpc.this.id
  tags = {
    Name = "${var.system}-${var.environment_name}-${var.name}"
  }
  lifecycle {
    create_before_destroy = true
  }
}

# Other services call by Service Connect, the load balancer from its subnets.
resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = local.ports

  security_group_id = aws_security_group.this.id
  description       = "${each.key} from within the network"
  cidr_ipv4         = data.aws_vpc.this.cidr_block
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = "AWS and the world by HTTPS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "network" {
  for_each = toset([for port in distinct(concat(var.egress_ports, values(local.ports))) : tostring(port)])

  security_group_id = aws_security_group.this.id
  description       = "What it calls within the network"
  cidr_ipv4         = data.aws_vpc.this.cidr_block
  ip_protocol       = "tcp"
  from_port         = tonumber(each.value)
  to_port           = tonumber(each.value)
}

resource "aws_lb_target_group" "this" {
  for_each = toset(!local.balanced ? [] : var.blue_green ? ["blue", "green"] : ["blue"])

  # At most 32 characters: names may be longer than that.
  name                 = "${trimsuffix(substr(var.name, 0, 18), "-")}-${substr(sha256("${var.environment_name}/${var.name}"), 0, 7)}-${each.key}"
  vpc_id               = data.aws_vpc.this.id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = var.http_port
  deregistration_delay = 30

  health_check {
    path                = "/readyz"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener_rule" "this" {
  count        = local.balanced ? 1 : 0
  listener_arn = data.aws_lb_listener.https[0].arn

  condition {
    host_header {
      values = ["${var.name}.${var.domain}"]
    }
  }

  action {
    type = "forward"
    forward {
      dynamic "target_group" {
        for_each = aws_lb_target_group.this
        content {
          arn    = target_group.value.arn
          weight = target_group.key == "blue" ? 100 : 0
        }
      }
    }
  }

  lifecycle {
    # ECS moves the weights from blue to green and back.
    ignore_changes = [action]
  }
}

resource "aws_route53_record" "this" {
  count = local.has_record ? 1 : 0

  zone_id        = data.aws_route53_zone.this[0].zone_id
  name           = "${var.name}.${var.domain}"
  type           = "A"
  set_identifier = startswith(var.routing, "latency") ? var.region : null

  alias {
    name                   = data.aws_lb.this[0].dns_name
    zone_id                = data.aws_lb.this[0].zone_id
    evaluate_target_health = var.routing == "latency-health-checked"
  }

  dynamic "latency_routing_policy" {
    for_each = startswith(var.routing, "latency") ? [1] : []
    content {
      region = var.region
    }
  }
}
