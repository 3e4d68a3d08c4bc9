// What the container's health check runs: exit code 0 when this container answers itself.
const response = await fetch(`http://127.0.0.1:${process.env.PORT || 8080}/healthcheck`);
process.exit(response.ok ? 0 : 1);
