/**
 * Bodies of OCPI 2.2.1 objects, written as text: each is valid JSON and a valid object, and each is written
 * so that whoever parses it and writes it again is found out.
 */
import { type Party } from '@app/ocpi';

/** What re-serialising would change: number forms, long integers, a doubled key, escapes, spaces, own fields. */
const AWKWARD = String.raw`"x_price": 1.00,"x_exponent" : 1e2 , "x_serial":12345678901234567890,
	"x_twice":1,"x_twice" :2, "x_text":"caf\u00e9 \ud83d\ude97 \/ é", "x_empty":{ }`;

const pair = ({ countryCode, partyId }: Party) => `"party_id":"${partyId}" , "country_code":"${countryCode}"`;

const cdrToken = (emsp: Party) => `{ "type":"RFID","uid":"04E5F1A2B3","contract_id":"${contractId(emsp)}",
  ${pair(emsp)} }`;

/** eMA id of a driver of an eMSP: `NL-TNM-C00012345-X`. */
export function contractId({ countryCode, partyId }: Party): string {
  return `${countryCode}-${partyId}-C00012345-X`;
}

const connector = `{"id":"1","standard":"IEC_62196_T2","format":"CABLE","power_type":"AC_3_PHASE" ,
    "max_voltage":230,"max_amperage":32, "max_electric_power":22000,"tariff_ids":["DAY-1"],
    "last_updated":"2024-03-31T02:00:00Z"}`;

/** Location object of a CPO, with one EVSE. Spec: 2.2.1-d2 mod_locations, Location object. */
export const location = (cpo: Party) => `{"id" : "LOC1", ${pair(cpo)},
  "publish":true, "name":"Parkhaus S\\u00fcd","address":"Hafenstra\\u00dfe 4","city":"Emden","country":"DEU",
  "coordinates":{"latitude":"53.367000","longitude":"7.206000"}, "time_zone":"Europe/Berlin",
  "evses":[ {"uid":"3256","evse_id":"DE*${cpo.partyId}*E3256*1","status":"AVAILABLE","connectors":[${connector}],
    "last_updated":"2024-03-31T02:00:00Z"} ], ${AWKWARD},
  "last_updated":"2024-03-31T02:00:00.000Z"}`;

/** Partial Location. Spec: 2.2.1-d2 mod_locations, PATCH Method. */
export const locationPatch = () => `{ "name" : "Parkhaus Nord" ,${AWKWARD},
  "last_updated":"2024-04-01T00:00:00Z" }`;

const sessionFields = (emsp: Party) => `"start_date_time":"2024-05-05T10:11:12Z","kwh":1.00,
  "cdr_token": ${cdrToken(emsp)}, "auth_method":"WHITELIST","location_id":"LOC1","evse_uid":"3256",
  "connector_id":"1","currency":"EUR"`;

/** Session object of a running charge. Spec: 2.2.1-d2 mod_sessions, Session object. */
export const session = (cpo: Party, emsp: Party) => `{ ${pair(cpo)}, "id":"S-1001",
  ${sessionFields(emsp)}, "status":"ACTIVE", ${AWKWARD} ,"last_updated":"2024-05-05T10:11:12Z"}
`;

/** Partial Session. Spec: 2.2.1-d2 mod_sessions, PATCH Method. */
export const sessionPatch = () => `{"kwh": 7.50,"status":"ACTIVE" , ${AWKWARD},
 "last_updated":"2024-05-05T10:31:00Z"}`;

/** CDR object. Spec: 2.2.1-d2 mod_cdrs, CDR object. */
export const cdr = (cpo: Party, emsp: Party) => `
{"id":"CDR-77", ${pair(cpo)}, "start_date_time":"2024-05-05T10:11:12Z","end_date_time":"2024-05-05T11:00:00Z",
  "session_id":"S-1001","cdr_token":${cdrToken(emsp)} ,"auth_method":"WHITELIST",
  "cdr_location":{"id":"LOC1","address":"Hafenstra\\u00dfe 4","city":"Emden","country":"DEU",
    "coordinates":{"latitude":"53.367000","longitude":"7.206000"},"evse_uid":"3256",
    "evse_id":"DE*${cpo.partyId}*E3256*1","connector_id":"1","connector_standard":"IEC_62196_T2",
    "connector_format":"CABLE","connector_power_type":"AC_3_PHASE"},
  "currency":"EUR", "charging_periods":[{"start_date_time":"2024-05-05T10:11:12Z",
    "dimensions":[{"type":"ENERGY","volume":15.00},{"type":"TIME","volume":8.1e-1}]}],
  "total_cost":{"excl_vat":4.00 , "incl_vat":4.760},"total_energy":15.00, "total_time":0.810, ${AWKWARD},
  "last_updated":"2024-05-05T11:00:05Z"}`;

/** Tariff object. Spec: 2.2.1-d2 mod_tariffs, Tariff object. */
export const tariff = (cpo: Party) => `{"id":"DAY-1",${pair(cpo)},"currency":"EUR","type":"REGULAR",
  "elements":[{"price_components":[{"type":"ENERGY","price":0.30,"vat":19.0,"step_size":1}]} ] ,
  ${AWKWARD} , "last_updated":"2024-01-01T00:00:00Z" }`;

/** Token object of an RFID card. Spec: 2.2.1-d2 mod_tokens, Token object. */
export const token = (emsp: Party) => `{${pair(emsp)},"uid":"04E5F1A2B3","type":"RFID",
  "contract_id":"${contractId(emsp)}","visual_number":"DF000-2001-8999","issuer":"M\\u00fcller \\/ S\\u00f6hne",
  "valid":true,"whitelist":"ALLOWED_OFFLINE" , ${AWKWARD},"last_updated":"2024-02-29T23:59:59Z"}`;

/** Partial Token that blocks the card. Spec: 2.2.1-d2 mod_tokens, PATCH Method. */
export const tokenPatch = () => `{"valid" :false,${AWKWARD}, "last_updated":"2024-03-01T00:00:00Z"}`;

/** Where a driver asks to charge. Spec: 2.2.1-d2 mod_tokens, LocationReferences class. */
export const locationReferences = () => `{"location_id":"LOC1" ,"evse_uids":[ "3256" ], ${AWKWARD}}`;

/** START_SESSION. Spec: 2.2.1-d2 mod_commands, StartSession object. */
export const startSession = (emsp: Party, responseUrl: string) => `{ "response_url" : "${responseUrl}",
  "token":${token(emsp)},
  "location_id":"LOC1", "evse_uid":"3256", ${AWKWARD} }`;

/** Spec: 2.2.1-d2 mod_commands, CommandResult object. */
export const commandResult = () => `{"result":"ACCEPTED" ,"message":[{"language":"de","text":"L\\u00e4uft"}],
  ${AWKWARD}}`;

const periods = `"start_date_time":"2024-05-05T10:11:12Z","charging_rate_unit":"W","min_charging_rate":1.00,
  "charging_profile_period":[ {"start_period":0,"limit":1.1e4},{"start_period":900 ,"limit":3600.0} ]`;

/** Spec: 2.2.1-d2 mod_charging_profiles, SetChargingProfile object. */
export const setChargingProfile = (responseUrl: string) => `{"charging_profile":{${periods}} ,
  "response_url":"${responseUrl}" , ${AWKWARD}}`;

/** Spec: 2.2.1-d2 mod_charging_profiles, ActiveChargingProfile class. */
export const activeChargingProfile = () => `{"start_date_time":"2024-05-05T10:11:12Z",
  "charging_profile":{ ${periods} },${AWKWARD}}`;

/** Spec: 2.2.1-d2 mod_charging_profiles, ActiveChargingProfileResult object. */
export const chargingProfileResult = () => `{"result":"ACCEPTED", ${AWKWARD},
  "profile":{"start_date_time":"2024-05-05T10:11:12Z","charging_profile":{${periods}}} }`;

/** Spec: 2.2.1-d2 mod_sessions, ChargingPreferences object. */
export const chargingPreferences = () => `{"profile_type":"GREEN","departure_time":"2024-05-05T16:00:00Z",
  "energy_need":1.00e1,"discharge_allowed":false , ${AWKWARD}}`;
