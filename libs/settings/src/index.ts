export {
  readSettings,
  readGivenSettings,
  SettingsError,
  systemEnvironment,
  type Environment,
} from './read-settings';
export { describeSettings, settingsMarkdown } from './show-settings';
export { rows, type GivenSettings, type Row, type Settings } from './rows';
