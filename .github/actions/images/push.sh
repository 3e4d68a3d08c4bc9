#!/usr/bin/env bash
# Pushes the images of the plan in PLAN with the tag TAG, and no other that happens to be here, into the registry of the plan's account.
set -euo pipefail
ask() { node "${BASH_SOURCE[0]%/*}/images.js" "$1"; }
list=$(ask images) # not in place: its failure would go unnoticed there
mapfile -t images <<< "$list"
aws ecr get-login-password --region "$(ask region)" | docker login --username AWS --password-stdin "$(ask registry)"
for image in "${images[@]}"; do docker push "$image"; done
