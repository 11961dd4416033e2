# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sourced: tests/real-kvm's options, by the name of the host here that is the same, or of one that
# tests/max-without-mte.ini or its like describes.
# shellcheck disable=SC2034
declare -A real_options=(
	[neoverse-n1]="-c neoverse-n1 -g 3"
	[kernel-6.1]="-k 6.1 -c neoverse-n1 -g 3"
	[cortex-a57-gicv2]="-c cortex-a57 -g 2"
	[cortex-a57]="-c cortex-a57 -g 3"
	[a64fx]="-c a64fx -g 3"
	[max]="-c max,pauth-impdef=on -g 3,mte=on"
	[max-without-mte]="-c max,pauth-impdef=on -g 3"
)
