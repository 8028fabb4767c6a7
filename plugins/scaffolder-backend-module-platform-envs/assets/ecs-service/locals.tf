# Everything that follows from the variables; what the platform answers is in data.tf.
locals {
  image    = var.image_digest != "" ? "${var.image_repository}@${var.image_digest}" : "${var.image_repository}:${var.image_tag}"
  released = var.image_tag != "unreleased"

  balanced   = var.exposure != "none" && var.http_port != null
  has_record = local.balanced && var.routing != "none"
  autoscaled = local.released && var.max_count != null

  ports = merge(
    var.http_port == null ? {} : { http = var.http_port },
    var.grpc_port == null ? {} : { grpc = var.grpc_port },
  )

  # The component itself, and its workers.
  services = merge(
    { (var.name) = { command = var.command, is_worker = false, role = "task" } },
    {
      for worker in var.workers :
      "${var.name}-${worker.name}" => { command = worker.command, is_worker = true, role = "worker" }
    },
  )

  desired_counts = {
    for name in keys(local.services) : name => (
      !local.released ? 0 :
      !local.autoscaled ? var.desired_count :
      min(max(lookup(local.running_counts, name, 0), var.desired_count), var.max_count)
    )
  }

  # At most 64 characters with what is added.
  role_prefix = substr("${var.name}-${var.environment_name}", 0, 50)
  # At most 80 characters with what is added.
  queue_name = substr("${var.name}-${var.environment_name}", 0, 75)

  task_roles = toset(length(var.workers) > 0 ? ["task", "worker"] : ["task"])
  takes_jobs = length(var.workers) > 0 ? "worker" : "task"
  sends_jobs = var.queue != null && var.kind != "worker"

  environment = merge(
    var.environment_variables,
    {
      ENVIRONMENT       = var.environment_name
      LOG_LEVEL         = var.log_level
      RELEASE           = var.image_tag
      OTEL_SERVICE_NAME = var.name
    },
    var.http_port == null ? {} : { PORT = tostring(var.http_port) },
    var.grpc_port == null ? {} : { GRPC_PORT = tostring(var.grpc_port) },
    var.queue == null ? {} : { QUEUE_URL = local.queue_url },
  )

  # Of what takes jobs only.
  takers_environment = var.queue == null ? {} : { DEAD_LETTER_QUEUE_URL = local.dead_letter_queue_url }

  log_group = "/ecs/${var.cluster}/${var.name}"

  container_definitions = {
    for name, service in local.services : name => [
      merge(
        {
          name                   = name
          image                  = local.image
          essential              = true
          readonlyRootFilesystem = true
          user                   = "65532:65532"
          stopTimeout            = 35

          linuxParameters = {
            initProcessEnabled = true
            capabilities       = { drop = ["ALL"] }
            tmpfs = [
              { containerPath = "/tmp", size = 64, mountOptions = ["noexec", "nosuid", "nodev"] },
            ]
          }

          portMappings = service.is_worker ? [] : [
            for protocol, port in local.ports : {
              name          = protocol
              containerPort = port
              hostPort      = port
              protocol      = "tcp"
              appProtocol   = protocol
            }
          ]

          environment = [
            for variable, value in merge(
              local.environment,
              service.role == local.takes_jobs ? local.takers_environment : {},
            ) : { name = variable, value = value }
          ]

          secrets = [
            for key in var.secrets : {
              name      = key
              valueFrom = "${local.secret_arn}:${key}::"
            }
          ]

          logConfiguration = {
            logDriver = "awslogs"
            options = {
              "awslogs-group"         = local.log_group
              "awslogs-region"        = var.region
              "awslogs-stream-prefix" = name
              # A slow log must not stop the service.
              mode              = "non-blocking"
              "max-buffer-size" = "4m"
            }
          }
        },
        length(service.command) == 0 ? {} : { command = service.command },
        length(var.health_command) == 0 || service.is_worker ? {} : {
          healthCheck = {
            command     = concat(["CMD"], var.health_command)
            interval    = 10
            timeout     = 5
            retries     = 3
            startPeriod = 15
          }
        },
      ),
    ]
  }
}
