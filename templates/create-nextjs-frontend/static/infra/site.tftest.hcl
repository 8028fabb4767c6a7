mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

mock_provider "aws" {
  alias = "us_east_1"
}

variables {
  name        = "shop-window"
  system      = "sample-platform"
  owner       = "group:default/shop"
  environment = "dev"
  region      = "eu-west-1"
  account_id  = "123456789012"
}

run "is_reached_by_the_distribution_alone" {
  command = plan

  assert {
    condition     = aws_s3_bucket_public_access_block.site.restrict_public_buckets
    error_message = "the bucket must not be public"
  }

  assert {
    condition     = aws_cloudfront_distribution.site.default_cache_behavior[0].viewer_protocol_policy == "redirect-to-https"
    error_message = "plain HTTP must be sent on to HTTPS"
  }

  assert {
    condition     = length(aws_route53_record.site) == 0
    error_message = "without a hostname there is nothing to record"
  }
}

run "refuses_a_hostname_outside_its_zone" {
  command = plan

  variables {
    hostname  = "shop.example.org"
    zone_name = "example.com"
  }

  expect_failures = [var.zone_name]
}
