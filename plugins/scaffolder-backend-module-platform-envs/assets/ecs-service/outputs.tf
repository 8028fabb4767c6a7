output "url" {
  description = "Where it is reached; null when it is not exposed."
  value       = local.balanced ? "https://${var.name}.${var.domain}" : null
}

output "task_role_arn" {
  value = aws_iam_role.task.arn
}
