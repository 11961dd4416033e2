/* SPDX-License-Identifier: MIT */
/*
 * What FAUXKVM_LOG can say (base/log.h), for who checks it before anything is
 * logged.
 */
#ifndef FAUXKVM_BASE_LOG_SETTING_H
#define FAUXKVM_BASE_LOG_SETTING_H

#include <stdbool.h>

/* Does "LEVEL" or "LEVEL:FILE" begin with a level that there is? */
bool log_level_is_known(const char *setting);

#endif
