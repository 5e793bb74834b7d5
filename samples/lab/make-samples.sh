#!/usr/bin/env bash
# Makes the captures and snapshots of samples/: one lab per story, built, broken, captured and removed again.
#   sudo samples/lab/make-samples.sh            all stories
#   sudo samples/lab/make-samples.sh 01 08      only these
# Safe to repeat: it replaces the captures and topology/ of a story and leaves its README.md alone. Needs what lab.sh needs.
# One run is not byte for byte like another (times, ports, sequence numbers), but the counts that READMEs name hold.
set -euo pipefail
export OVERLENS_LAB=${OVERLENS_LAB:-ovs}
source "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
samples=$(cd "$here/.." && pwd)

# story NAME [SETTING...]: an empty folder and a fresh lab; the snapshot is taken with `finish`.
story() {
  folder=$samples/$1
  mkdir -p "$folder"
  rm -rf "$folder"/*.pcap "$folder/topology"
  # Settings of the last story must not leak into this one.
  source "$here/cluster.sh"
  set_up "${@:2}"
  echo "$1"
}
finish() {
  [[ -d $folder/topology ]] || lab_snapshot "$folder/topology"
  lab_down
}

story_01() {
  story 01-vxlan-between-nodes
  lab_capture "$folder"
  finish
}

story_02() {
  story 02-pool-never VXLAN_MODE=never POD_MTU=9001
  lab_capture "$folder"
  finish
}

trap lab_down EXIT # also after Ctrl-C: no namespace is left behind
stories=("$@")
if ((${#stories[@]} == 0)); then mapfile -t stories < <(declare -F | sed -n 's/^declare -f story_//p'); fi
for number in "${stories[@]}"; do "story_$number"; done
