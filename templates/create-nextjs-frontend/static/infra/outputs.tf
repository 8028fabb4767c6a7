output "bucket" {
  description = "Where the files go"
  value       = aws_s3_bucket.site.id
}

output "distribution_id" {
  description = "To invalidate after a release"
  value       = aws_cloudfront_distribution.site.id
}

output "url" {
  description = "Where people find it"
  value       = "https://${local.has_dns ? var.hostname : aws_cloudfront_distribution.site.domain_name}/"
}
