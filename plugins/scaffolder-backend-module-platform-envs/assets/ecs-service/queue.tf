# Jobs of the component, and where those go that nobody can do. There is neither
# without the variable "queue".

resource "aws_sqs_queue" "jobs" {
  count = var.queue == null ? 0 : 1

  name                       = local.queue_name
  visibility_timeout_seconds = var.queue.visibility_timeout_seconds
  message_retention_seconds  = var.queue.retention_days * 86400
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters[0].arn
    maxReceiveCount     = var.queue.max_attempts
  })
}

resource "aws_sqs_queue" "dead_letters" {
  count = var.queue == null ? 0 : 1

  name                      = "${local.queue_name}-dead"
  message_retention_seconds = var.queue.dead_letter_retention_days * 86400
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  count = var.queue == null ? 0 : 1

  queue_url = aws_sqs_queue.dead_letters[0].url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.jobs[0].arn]
  })
}

locals {
  queue_url             = one(aws_sqs_queue.jobs[*].url)
  dead_letter_queue_url = one(aws_sqs_queue.dead_letters[*].url)
}

# What answers requests leaves jobs, and can take none.
data "aws_iam_policy_document" "send_jobs" {
  count = local.sends_jobs ? 1 : 0
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.jobs[0].arn]
  }
}

resource "aws_iam_role_policy" "send_jobs" {
  count  = local.sends_jobs ? 1 : 0
  name   = "send-jobs"
  role   = aws_iam_role.task["task"].id
  policy = data.aws_iam_policy_document.send_jobs[0].json
}

# What does the jobs takes them, and puts aside what nobody can do.
data "aws_iam_policy_document" "take_jobs" {
  count = var.queue == null ? 0 : 1
  statement {
    actions = [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
    ]
    resources = [aws_sqs_queue.jobs[0].arn]
  }
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letters[0].arn]
  }
}

resource "aws_iam_role_policy" "take_jobs" {
  count  = var.queue == null ? 0 : 1
  name   = "take-jobs"
  role   = aws_iam_role.task[local.takes_jobs].id
  policy = data.aws_iam_policy_document.take_jobs[0].json
}
