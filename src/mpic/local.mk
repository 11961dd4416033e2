## SPDX-License-Identifier: MIT
noinst_HEADERS += src/mpic/mpic.h
