/* SPDX-License-Identifier: MIT */
/*
 * The style sheet and the script of the report, as they are in the files beside
 * this one, so that a page of it needs no other file.
 */
#include "tool/report.h"

#define ASSET(symbol, file)                                  \
	__asm__(".section .rodata\n"                         \
		".global " #symbol "\n"                      \
		".type " #symbol ", @object\n" #symbol ":\n" \
		".incbin \"" file "\"\n"                     \
		".byte 0\n"                                  \
		".size " #symbol ", .-" #symbol "\n.previous\n")

ASSET(report_css, "tool/report.css");
ASSET(report_js, "tool/report.js");
