## SPDX-License-Identifier: MIT
## Packages for Debian and its like, see docs/releasing.md.
EXTRA_DIST += \
	debian/changelog \
	debian/control \
	debian/copyright \
	debian/fauxkvm-dev.install \
	debian/fauxkvm-ppc64el.install \
	debian/fauxkvm-ppc64el.lintian-overrides \
	debian/fauxkvm.docs \
	debian/fauxkvm.install \
	debian/fauxkvm.install.amd64 \
	debian/fauxkvm.lintian-overrides \
	debian/fauxkvm.manpages \
	debian/rules \
	debian/source/format
