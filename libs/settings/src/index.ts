export {
  readSettings,
  readGivenSettings,
  SettingsError,
  systemEnvironment,
  type Environment,
} from './read-settings';
export { describeSettings, settingsMarkdown } from './show-settings';
export { type Row } from './row';
export { rows, type GivenSettings, type Settings } from './rows';
