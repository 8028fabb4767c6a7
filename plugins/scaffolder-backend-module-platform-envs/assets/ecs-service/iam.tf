data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

# What starts the tasks: it pulls the image, writes logs and reads the secret.
resource "aws_iam_role" "execution" {
  name               = "${local.role_prefix}-execution"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

data "aws_iam_policy_document" "secret" {
  count = length(var.secrets) > 0 ? 1 : 0
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [data.aws_secretsmanager_secret.this[0].arn]
  }
}

resource "aws_iam_role_policy" "execution" {
  count  = length(var.secrets) > 0 ? 1 : 0
  name   = "secret"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.secret[0].json
}

# What the component itself may do, and what its workers may; add policies to
# them as they need them.
resource "aws_iam_role" "task" {
  for_each = local.task_roles

  name               = "${local.role_prefix}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

# With this role ECS moves requests from blue to green.
data "aws_iam_policy_document" "load_balancer" {
  count = local.balanced && var.blue_green ? 1 : 0
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "load_balancer" {
  count              = local.balanced && var.blue_green ? 1 : 0
  name               = "${local.role_prefix}-balancer"
  assume_role_policy = data.aws_iam_policy_document.load_balancer[0].json
}

resource "aws_iam_role_policy_attachment" "load_balancer" {
  count      = local.balanced && var.blue_green ? 1 : 0
  role       = aws_iam_role.load_balancer[0].name
  policy_arn = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
}
