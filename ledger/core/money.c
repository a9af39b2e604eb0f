/*
 * The currencies of ISO 4217 (list one, in force in 2026) by their exponent. Metals, funds without
 * a minor unit and test codes are not in it.
 */
#include "core/money.h"

#include <string.h>

/* codes[e] are the currencies whose minor unit is 10^-e of the major one. */
static const char *const codes[] = {
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    "",
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
    "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB "
    "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW "
    "ZWG",
    "BHD IQD JOD KWD LYD OMR TND",
    "CLF UYW",
};

bool money_exponent(const char *currency, unsigned *out, struct error *err)
{
    if (strlen(currency) == 3 && !strchr(currency, ' '))
        for (unsigned exponent = 0; exponent < COUNT_OF(codes); exponent++)
            if (strstr(codes[exponent], currency)) {
                *out = exponent;
                return true;
            }
    return error_set(err, ERROR_INPUT, "'%.10s' is not a currency of ISO 4217", currency);
}

const char *money_format(int128 minor, unsigned exponent, char out[DECIMAL_TEXT_SIZE])
{
    return decimal_format(minor, exponent, out);
}
