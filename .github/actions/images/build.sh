#!/usr/bin/env bash
# Builds the images of the plan in PLAN as the Compose file says, each under its full name with the tag TAG.
set -euo pipefail
ask() { node "${BASH_SOURCE[0]%/*}/images.js" "$1"; }
names=$(mktemp --suffix .json)
ask compose > "$names"
list=$(ask services) # not in place: its failure would go unnoticed there
mapfile -t services <<< "$list"
docker compose --file app/compose.yaml --file "$names" --profile '*' build "${services[@]}"
rm "$names"
