#!/usr/bin/env bash
# Saves the images of the plan in PLAN with the tag TAG in the file ARCHIVE.
set -euo pipefail
list=$(node "${BASH_SOURCE[0]%/*}/images.js" images) # not in place: its failure would go unnoticed there
mapfile -t images <<< "$list"
docker save --output "$ARCHIVE" "${images[@]}"
