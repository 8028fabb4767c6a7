import { SeedPlatform, SeedService } from '../platforms';
import { Files } from './gitopsFiles';

/** Folder of a service inside its repository; empty when it has it for itself. */
export function sourceFolder(
  platform: SeedPlatform,
  service: SeedService,
): string {
  if (service.sourceRepository === platform.gitopsRepository) {
    return `app/${service.name.replace(/^sample-/, '')}`;
  }
  const siblings = platform.services.filter(
    other => other.sourceRepository === service.sourceRepository,
  );
  return siblings.length === 1
    ? ''
    : `services/${service.name.replace(/^[a-z]+-/, '')}`;
}

/** Git tag of a version: with the service's name where a repository holds several. */
export function releaseTag(
  platform: SeedPlatform,
  service: SeedService,
  version: string,
): string {
  return sourceFolder(platform, service) === ''
    ? `v${version}`
    : `${service.name}/v${version}`;
}

const go = (service: SeedService, version: string): Files => ({
  'go.mod': `module ${service.sourceRepository.replace('/', '.example/')}/${
    service.name
  }

go 1.24
`,
  'main.go': `package main

import (
	"log/slog"
	"net/http"
	"os"
)

const version = "${version}"

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "${service.port}"
	}
	mux := http.NewServeMux()
	ok := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }
	mux.HandleFunc("GET /healthz", ok)
	mux.HandleFunc("GET /readyz", ok)
	slog.Info("listening", "service", "${service.name}", "version", version, "port", port)
	if err := http.ListenAndServe(":"+port, mux); err != nil {
		slog.Error("stopped", "error", err)
		os.Exit(1)
	}
}
`,
  Dockerfile: `FROM golang:1.24 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /out/service .

FROM gcr.io/distroless/static:nonroot
COPY --from=build /out/service /service
ENTRYPOINT ["/service"]
`,
});

const rust = (service: SeedService, version: string): Files => ({
  'Cargo.toml': `[package]
name = "${service.name}"
version = "${version}"
edition = "2021"

[dependencies]
axum = "0.8"
tokio = { version = "1", features = ["full"] }
`,
  'src/main.rs': `use axum::{routing::get, Router};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "${service.port}".into());
    let app = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(|| async { "ok" }));
    let listener = tokio::net::TcpListener::bind(format!("0.0.0.0:{port}")).await?;
    axum::serve(listener, app).await
}
`,
  Dockerfile: `FROM rust:1.86 AS build
WORKDIR /src
COPY . .
RUN cargo build --release

FROM gcr.io/distroless/cc:nonroot
COPY --from=build /src/target/release/${service.name} /service
ENTRYPOINT ["/service"]
`,
});

const typescript = (service: SeedService, version: string): Files => ({
  'package.json': `${JSON.stringify(
    {
      name: service.name,
      version,
      private: true,
      type: 'module',
      scripts: { start: 'node dist/server.js', build: 'tsc' },
      devDependencies: { typescript: '~5.8.0', '@types/node': '^24.0.0' },
    },
    null,
    2,
  )}\n`,
  'src/server.ts': `import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? ${service.port});

createServer((request, response) => {
  const known = request.url === '/healthz' || request.url === '/readyz';
  response.writeHead(known ? 200 : 404).end();
}).listen(port);
`,
  Dockerfile: `FROM node:24 AS build
WORKDIR /src
COPY . .
RUN npm ci && npm run build

FROM node:24-slim
WORKDIR /app
COPY --from=build /src .
USER node
CMD ["npm", "start"]
`,
});

const python = (service: SeedService, version: string): Files => ({
  'pyproject.toml': `[project]
name = "${service.name}"
version = "${version}"
requires-python = ">=3.12"
dependencies = ["fastapi", "uvicorn"]
`,
  'app.py': `from fastapi import FastAPI

app = FastAPI(title="${service.name}", version="${version}")


@app.get("/healthz")
@app.get("/readyz")
def healthy() -> dict[str, str]:
    return {"status": "ok"}
`,
  Dockerfile: `FROM python:3.13-slim
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir .
USER 65532
CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "${service.port}"]
`,
});

/** A small service that answers its probes, with its Dockerfile. */
export function sourceFiles(
  platform: SeedPlatform,
  service: SeedService,
  version: string,
): Files {
  const files = { go, rust, typescript, python }[service.language](
    service,
    version,
  );
  const folder = sourceFolder(platform, service);
  return Object.fromEntries(
    Object.entries({
      ...files,
      'CHANGELOG.md': `# ${service.name}\n\nCurrent version: ${version}\n`,
    }).map(([path, content]) => [folder ? `${folder}/${path}` : path, content]),
  );
}

/** The workflow that builds an image and asks for its release to the first environment. */
export function workflowFile(title: string): string {
  return `name: ci
on:
  push:
    branches: [main]
permissions:
  contents: read
  id-token: write
jobs:
  build:
    name: ${title}
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: \${{ vars.AWS_ROLE_ARN }}
          aws-region: \${{ vars.AWS_REGION }}
      - uses: aws-actions/amazon-ecr-login@v2
      - run: make image push
`;
}
