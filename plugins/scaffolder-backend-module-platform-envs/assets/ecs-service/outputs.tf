output "url" {
  description = "Where it is reached; null when it is not exposed."
  value       = local.balanced ? "https://${var.name}.${var.domain}" : null
}

output "task_role_arns" {
  description = "By what they are of: task, and worker where there are workers."
  value       = { for name, role in aws_iam_role.task : name => role.arn }
}

output "queue_url" {
  description = "Where its jobs are put; null when it has no queue."
  value       = local.queue_url
}

output "dead_letter_queue_url" {
  description = "Where those are that nobody could do; null when it has no queue."
  value       = local.dead_letter_queue_url
}
